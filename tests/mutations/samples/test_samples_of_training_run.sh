# the notebook in Python learns from labels that mean nothing
# shellcheck shell=sh
sed -i 's/\.fit(x_train, y_train)/.fit(x_train, y_train.sample(frac=1, random_state=0))/' \
  /opt/samples/python/3-training.ipynb
