# the notebook in Julia leaves the intercept out of the line that it fits
# shellcheck shell=sh
sed -i 's/\[ones(length(x)) x\]/[zeros(length(x)) x]/' /opt/samples/julia/1-data-and-statistics.ipynb
