# the network sees the data only once
# shellcheck shell=sh
sed -i 's/epochs=12/epochs=1/; s/range(12)/range(1)/' /opt/samples/python/4-*.ipynb
