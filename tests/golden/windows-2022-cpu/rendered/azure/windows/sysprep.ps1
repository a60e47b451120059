as it is: packer/windows/sysprep.ps1
