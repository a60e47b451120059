# debian-12-gpu-distro: built on a VM in Azure from Debian:debian-12:12-gen2:1.0.0.
# Credentials come from the environment; nothing secret stands here.
# Reduced: only what Packer 1.6.6 knows. It is checked, never built from.
variable "subscription" {
  type = string
  default = env("AZURE_SUBSCRIPTION_ID")
}

variable "group" {
  type = string
}

variable "key" {
  type = string
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
  os_type = "Linux"
  image_publisher = "Debian"
  image_offer = "debian-12"
  image_sku = "12-gen2"
  image_version = "1.0.0"
  vm_size = "Standard_NC4as_T4_v3"
  os_disk_size_gb = 32
  communicator = "ssh"
  ssh_username = "packer"
  ssh_private_key_file = var.key
  ssh_timeout = "15m"
  shared_image_gallery_timeout = "2h"
  shared_gallery_image_version_exclude_from_latest = true
  shared_gallery_image_version_end_of_life_date = var.end_of_life
  shared_image_gallery_destination {
    subscription = var.subscription
    resource_group = "SET_ME"
    gallery_name = "SET_ME"
    image_name = "debian-12-gpu-distro"
    image_version = var.version
    replication_regions = ["westeurope"]
  }
  azure_tags = {
    "burnish-kind" = "build"
    "burnish-plan" = "ID-OF-THE-PLAN-THERE"
    "burnish-expires" = var.expires
  }
  managed_image_name = "reduced"
  managed_image_resource_group_name = "reduced"
}

build {
  sources = ["source.azure-arm.image"]

  # Nothing was added to the machine, taken off it or updated since the lock was made.
  provisioner "shell-local" {
    inline = ["sh ./apply origin '${build.Host}'"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' base"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' cuda"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' r"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' mkl"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' java"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' rstudio"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' vscode"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' julia"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' azcli"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' tf"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' torch"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' jupyter"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' python-ml"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' samples"]
  }

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["sh ./apply layer '${build.Host}' seal"]
  }

  # Before its capture: what fails here becomes no version.
  provisioner "shell-local" {
    inline = ["sh ./apply checks '${build.Host}'"]
  }

  provisioner "shell" {
    script = "linux/generalise.sh"
    execute_command = "sudo sh -e {{ .Path }} packer"
    skip_clean = true
  }
}
