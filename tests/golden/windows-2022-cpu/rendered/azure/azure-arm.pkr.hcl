# windows-2022-cpu: built on a VM in Azure from MicrosoftWindowsServer:WindowsServer:2022-datacenter-g2.
# Credentials come from the environment of the Azure CLI; nothing secret stands here.
variable "subscription_id" {
  type    = string
  default = env("ARM_SUBSCRIPTION_ID")
}

variable "resource_group" {
  type    = string
  default = env("BURNISH_RESOURCE_GROUP")
}

variable "gallery" {
  type    = string
  default = env("BURNISH_AZURE_GALLERY")
}

variable "location" {
  type    = string
  default = env("BURNISH_LOCATION")
}

variable "image_version" {
  type = string
}

source "azure-arm" "image" {
  use_azure_cli_auth        = true
  subscription_id           = var.subscription_id
  location                  = var.location
  os_type                   = "Windows"
  image_publisher           = "MicrosoftWindowsServer"
  image_offer               = "WindowsServer"
  image_sku                 = "2022-datacenter-g2"
  image_version             = "latest"
  vm_size                   = "Standard_D4s_v5"
  os_disk_size_gb           = 128
  communicator              = "winrm"
  winrm_use_ssl             = true
  winrm_insecure            = true # the build VM's certificate is made at its start and signed by nobody
  winrm_timeout             = "10m"
  winrm_username            = "packer"

  shared_image_gallery_destination {
    subscription   = var.subscription_id
    resource_group = var.resource_group
    gallery_name   = var.gallery
    image_name     = "windows-2022-cpu"
    image_version  = var.image_version
  }

  azure_tags = {
    burnish-plan = "ID-OF-THE-PLAN"
  }
}

build {
  sources = ["source.azure-arm.image"]

  provisioner "powershell" {
    inline = [
      "& $env:SystemRoot\\System32\\Sysprep\\Sysprep.exe /oobe /generalize /quiet /quit /mode:vm",
      "while ((Get-ItemProperty HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State).ImageState -ne 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE') { Start-Sleep -Seconds 5 }",
    ]
  }
}
