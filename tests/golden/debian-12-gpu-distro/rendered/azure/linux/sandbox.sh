as it is: packer/linux/sandbox.sh
