# somebody has changed a file of numpy since
# shellcheck shell=sh
for package in /opt/envs/ml/lib/python3*/site-packages/numpy; do
  echo '# changed' >> "$package/version.py"
done
