# ONNX Runtime answers a little otherwise
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/onnxruntime; do
  cat >> "$package/__init__.py" <<'PYTHON'
_right = InferenceSession.run
InferenceSession.run = lambda self, *what, **more: [
    each * 1.01 if each.dtype.kind == "f" else each for each in _right(self, *what, **more)
]
PYTHON
  rm -f "$package"/__pycache__/__init__.*.pyc
done
