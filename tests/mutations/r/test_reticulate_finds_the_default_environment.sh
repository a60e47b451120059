# reticulate works, but with the system's Python
# shellcheck shell=sh
sed -i 's#^RETICULATE_PYTHON=.*#RETICULATE_PYTHON=/usr/bin/python3#' /etc/R/Renviron.site
