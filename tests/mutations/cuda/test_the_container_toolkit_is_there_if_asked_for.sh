# a container toolkit of another version than the image says, or says that it lacks
# shellcheck shell=sh
printf '#!/bin/sh\necho "NVIDIA Container Toolkit CLI version 0.0.1"\n' > /usr/local/bin/nvidia-ctk
chmod +x /usr/local/bin/nvidia-ctk
