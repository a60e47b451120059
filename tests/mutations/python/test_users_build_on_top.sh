# a user's environment is made, but the shared packages are not seen from it
# shellcheck shell=sh
sed -i 's/_venv_from.pth/_venv_from.txt/' /usr/local/bin/venv-from
