# windows-2022-cpu: built on a VM in Azure from MicrosoftWindowsServer:WindowsServer:2022-datacenter-g2:1.0.0.
# Credentials come from the environment; nothing secret stands here.
variable "subscription" {
  type = string
  default = env("AZURE_SUBSCRIPTION_ID")
}

variable "group" {
  type = string
}

variable "password" {
  type = string
  default = env("BURNISH_PASSWORD")
  sensitive = true
}

variable "end_of_life" {
  type = string
}

variable "version" {
  type = string
}

variable "expires" {
  type = string
}

source "azure-arm" "image" {
  use_azure_cli_auth = true
  subscription_id = var.subscription
  cloud_environment_name = "Public"
  location = "westeurope"
  temp_resource_group_name = var.group
  polling_duration_timeout = "1h"
  os_type = "Windows"
  image_publisher = "MicrosoftWindowsServer"
  image_offer = "WindowsServer"
  image_sku = "2022-datacenter-g2"
  image_version = "1.0.0"
  vm_size = "Standard_D4s_v5"
  os_disk_size_gb = 256
  security_type = "TrustedLaunch"
  secure_boot_enabled = true
  vtpm_enabled = true
  communicator = "winrm"
  winrm_use_ssl = true
  winrm_insecure = true
  winrm_use_ntlm = true
  winrm_no_proxy = true
  winrm_timeout = "20m"
  winrm_username = "packer"
  winrm_password = var.password
  shared_image_gallery_timeout = "2h"
  shared_gallery_image_version_exclude_from_latest = true
  shared_gallery_image_version_end_of_life_date = var.end_of_life
  shared_image_gallery_destination {
    subscription = var.subscription
    resource_group = "SET_ME"
    gallery_name = "SET_ME"
    image_name = "windows-2022-cpu"
    image_version = var.version
    storage_account_type = "Standard_LRS"
    target_region {
      name = "westeurope"
      replicas = 1
    }
  }
  azure_tags = {
    "burnish-kind" = "build"
    "burnish-plan" = "ID-OF-THE-PLAN-THERE"
    "burnish-expires" = var.expires
  }
}

build {
  sources = ["source.azure-arm.image"]

  provisioner "powershell" {
    script = "windows/winrm.ps1"
    max_retries = 1
  }

  # Nothing was added to the machine, taken off it or updated since the lock was made.
  provisioner "shell-local" {
    inline = ["sh ./apply origin '${build.Host}'"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' base"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' r"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' java"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' rstudio"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' vscode"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' julia"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' azcli"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' tf"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' torch"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' jupyter"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' python-ml"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' samples"]
  }

  # Beside Packer's own Ansible provisioner: it hands the password over as an argument, which every user of this machine can read.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' seal"]
  }

  # Before its capture: what fails here becomes no version.
  provisioner "shell-local" {
    inline = ["sh ./apply checks '${build.Host}'"]
  }

  provisioner "windows-restart" {
    restart_timeout = "30m"
  }

  provisioner "powershell" {
    script = "windows/sysprep.ps1"
  }
}
