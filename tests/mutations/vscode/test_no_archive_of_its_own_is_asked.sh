# the package has added its publisher's archive: an upgrade brings what no lock has
# shellcheck shell=sh
printf 'deb [trusted=yes] https://packages.microsoft.com/repos/code stable main\n' > /etc/apt/sources.list.d/vscode.list
