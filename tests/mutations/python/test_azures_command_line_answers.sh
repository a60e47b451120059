# the command line answers, and tells its maker of it
# shellcheck shell=sh
sed -i '/AZURE_CORE_COLLECT_TELEMETRY/d' /usr/local/bin/az
