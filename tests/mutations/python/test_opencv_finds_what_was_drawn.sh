# circles are drawn beside their place
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/cv2; do
  cat >> "$package/__init__.py" <<'PYTHON'
_right = circle
def circle(picture, center, *what, **more):
    return _right(picture, (center[0] + 9, center[1]), *what, **more)
PYTHON
  rm -f "$package"/__pycache__/__init__.*.pyc
done
