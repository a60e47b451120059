# seaborn returns axes as it should, but draws nothing on them
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/seaborn; do
  cat >> "$package/__init__.py" <<'PYTHON'
def boxplot(*data, ax, **options):
    ax.set_axis_off()
    return ax
PYTHON
  rm "$package"/__pycache__/__init__.*.pyc
done
