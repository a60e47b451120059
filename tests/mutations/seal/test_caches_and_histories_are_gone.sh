# somebody's history stayed
# shellcheck shell=sh
echo 'curl --user name:secret https://example.org' > ~root/.bash_history
