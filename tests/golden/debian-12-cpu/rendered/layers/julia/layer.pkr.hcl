# One layer of debian-12-cpu: a container from the layer below, the layer's roles, a commit.
source "docker" "layer" {
  image       = "burnish/layer:TAG-OF-vscode"
  pull        = false
  commit      = true
  run_command = ["-d", "-i", "--hostname", "burnish", "--label", "burnish.build=ID-OF-julia", "{{.Image}}", "/bin/sleep", "infinity"]
  changes     = ["LABEL burnish.layer=ID-OF-julia", "CMD [\"/sbin/init\"]"]
}

build {
  sources = ["source.docker.layer"]

  # Beside Packer's own Ansible provisioner: its SSH proxy is five to ten times slower.
  provisioner "shell-local" {
    inline = ["cd . && ansible-playbook --connection=community.docker.docker --extra-vars=@layer.json ansible/linux.yml -i '${build.ID},'"]
  }

  post-processor "docker-tag" {
    repository = "burnish/layer"
    tag        = ["TAG-OF-julia"]
  }
}
