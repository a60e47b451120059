# new users who remove them before their first login get them again
# shellcheck shell=sh
rm /etc/skel/.burnish-samples
