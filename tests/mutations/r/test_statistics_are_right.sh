# R runs with other contrasts than everywhere else: models fit as well, their coefficients differ
# shellcheck shell=sh
echo 'options(contrasts = c("contr.sum", "contr.poly"))' >> /etc/R/Rprofile.site
