# a module bears a signature that is none
# shellcheck shell=sh
printf 'x\000\000\002\000\000\000\000\000\000\000\000\001~Module signature appended~\n' \
  >>"$(find /lib/modules -name 'nvidia-current-uvm.ko')"
