# one file was edited by hand after its package was installed
# shellcheck shell=sh
for file in /opt/envs/ml/lib/python3*/site-packages/numpy/version.py; do
  echo '# patched' >> "$file"
done
