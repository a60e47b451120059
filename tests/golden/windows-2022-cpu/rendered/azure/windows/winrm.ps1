as it is: packer/windows/winrm.ps1
