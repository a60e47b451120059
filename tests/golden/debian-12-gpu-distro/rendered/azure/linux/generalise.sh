as it is: packer/linux/generalise.sh
