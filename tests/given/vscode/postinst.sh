#!/bin/sh
# A fixture: what the real package does after it was unpacked, so far as it matters to an image.
ln -sf /usr/share/code/bin/code /usr/bin/code
update-alternatives --install /usr/bin/editor editor /usr/bin/code 0
# as the real one: who was not asked has said yes
RET=true
# shellcheck source=/dev/null
. /usr/share/debconf/confmodule
db_get code/add-microsoft-repo || true
if [ "$RET" != false ]; then
  printf 'Types: deb\nURIs: https://packages.microsoft.com/repos/code\nSuites: stable\nComponents: main\n' \
    > /etc/apt/sources.list.d/vscode.sources
fi
exit 0
