# windows-2022-cpu: built on a VM in Azure from MicrosoftWindowsServer:WindowsServer:2022-datacenter-g2:latest.
# Credentials come from the environment; nothing secret stands here.
# Reduced: only what Packer 1.6.6 knows. It is checked, never built from.
variable "subscription" {
  type = string
  default = env("AZURE_SUBSCRIPTION_ID")
}

variable "group" {
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
  os_type = "Windows"
  image_publisher = "MicrosoftWindowsServer"
  image_offer = "WindowsServer"
  image_sku = "2022-datacenter-g2"
  image_version = "latest"
  vm_size = "Standard_D4s_v5"
  os_disk_size_gb = 256
  communicator = "winrm"
  winrm_use_ssl = true
  winrm_insecure = true
  winrm_timeout = "10m"
  winrm_username = "packer"
  shared_image_gallery_timeout = "2h"
  shared_gallery_image_version_exclude_from_latest = true
  shared_gallery_image_version_end_of_life_date = var.end_of_life
  shared_image_gallery_destination {
    subscription = var.subscription
    resource_group = "SET_ME"
    gallery_name = "SET_ME"
    image_name = "windows-2022-cpu"
    image_version = var.version
    replication_regions = ["westeurope"]
  }
  azure_tags = {
    "burnish-kind" = "build"
    "burnish-plan" = "ID-OF-THE-PLAN"
    "burnish-expires" = var.expires
  }
  managed_image_name = "reduced"
  managed_image_resource_group_name = "reduced"
}

build {
  sources = ["source.azure-arm.image"]

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@base.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@r.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@java.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@rstudio.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@vscode.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@julia.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@azcli.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@tf.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@torch.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@jupyter.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@python-ml.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@samples.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/windows.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@seal.json"]
  }

  provisioner "powershell" {
    inline = [
      "& $env:SystemRoot\\System32\\Sysprep\\Sysprep.exe /oobe /generalize /quiet /quit /mode:vm",
      "while ((Get-ItemProperty HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State).ImageState -ne 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE') { Start-Sleep -Seconds 5 }",
    ]
  }
}
