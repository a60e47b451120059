# new users get them, users who were there before do not
# shellcheck shell=sh
rm /etc/profile.d/burnish-samples.sh
