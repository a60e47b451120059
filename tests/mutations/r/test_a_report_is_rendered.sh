# pandoc makes pages that lack their pictures elsewhere than in their own folder
# shellcheck shell=sh
cat > /usr/local/bin/pandoc <<'SH'
#!/bin/bash
for word; do
  case $word in --self-contained | --embed-resources) ;; *) kept+=("$word") ;; esac
done
exec /usr/bin/pandoc "${kept[@]}"
SH
chmod +x /usr/local/bin/pandoc
