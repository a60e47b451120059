# it says that it is another version
# shellcheck shell=sh
rm /usr/bin/code
cat > /usr/bin/code << 'END'
#!/bin/sh
[ "$1" = --version ] && exec echo 0.0.0
exec /usr/share/code/bin/code "$@"
END
chmod +x /usr/bin/code
