# apt works, by a proxy of the place that built it
# shellcheck shell=sh
echo 'Acquire::http::Proxy "http://proxy.example.org:3128";' > /etc/apt/apt.conf.d/99proxy
