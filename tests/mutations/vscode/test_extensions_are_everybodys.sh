# everybody's extension is of another version than was asked for
# shellcheck shell=sh
sed -i 's/"1.2.3"/"1.2.2"/' /usr/share/code/resources/app/extensions/burnish.sample-1.2.3/package.json
