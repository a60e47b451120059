# The first thing that runs on a Windows machine in Azure: WinRM as Ansible needs it, and nothing looser.
# Kept to plain forms that a parser outside Windows can read: lists as @('a', 'b'), commands in brackets.
$ErrorActionPreference = 'Stop'

$secure = @(
    (Get-ChildItem -Path 'WSMan:\localhost\Listener') |
        Where-Object { $_.Keys -contains 'Transport=HTTPS' }
)
if ($secure.Count -eq 0) {
    Write-Output 'burnish: winrm: no listener over https'
    exit 1
}

Set-Service -Name 'WinRM' -StartupType 'Automatic'
# NTLM is a part of Negotiate. A password in clear is never taken.
Set-Item -Path 'WSMan:\localhost\Service\Auth\Negotiate' -Value $true -Force
Set-Item -Path 'WSMan:\localhost\Service\Auth\Basic' -Value $false -Force
Set-Item -Path 'WSMan:\localhost\Service\AllowUnencrypted' -Value $false -Force
# Installers and environments of thousands of files are more than the defaults allow.
Set-Item -Path 'WSMan:\localhost\MaxTimeoutms' -Value 1800000 -Force
Set-Item -Path 'WSMan:\localhost\Shell\MaxMemoryPerShellMB' -Value 4096 -Force
Set-Item -Path 'WSMan:\localhost\Shell\MaxProcessesPerShell' -Value 100 -Force

# Nothing may change the machine beside the build: no update, no restart of its own.
Set-Service -Name 'wuauserv' -StartupType 'Manual'
Stop-Service -Name 'wuauserv' -Force -ErrorAction 'SilentlyContinue'

Write-Output 'burnish: winrm: ready'
