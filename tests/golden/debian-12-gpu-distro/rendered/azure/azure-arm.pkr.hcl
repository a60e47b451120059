# debian-12-gpu-distro: built on a VM in Azure from Debian:debian-12:12-gen2.
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
  os_type                   = "Linux"
  image_publisher           = "Debian"
  image_offer               = "debian-12"
  image_sku                 = "12-gen2"
  image_version             = "latest"
  vm_size                   = "Standard_NC4as_T4_v3"
  os_disk_size_gb           = 32
  communicator              = "ssh"
  ssh_username              = "packer"

  shared_image_gallery_destination {
    subscription   = var.subscription_id
    resource_group = var.resource_group
    gallery_name   = var.gallery
    image_name     = "debian-12-gpu-distro"
    image_version  = var.image_version
  }

  azure_tags = {
    burnish-plan = "ID-OF-THE-PLAN"
  }
}

build {
  sources = ["source.azure-arm.image"]

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@base.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@cuda.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@r.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@mkl.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@java.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@rstudio.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@julia.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@azcli.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@tf.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@torch.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@jupyter.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@python-ml.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@samples.json"]
  }

  provisioner "ansible" {
    playbook_file   = "ansible/linux.yml"
    use_proxy       = false
    extra_arguments = ["-e", "@seal.json"]
  }
}
