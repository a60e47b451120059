# The last thing that runs on a Windows machine in Azure: it forgets that it was one. It ends by a deadline,
# and says why it failed between markers, which burnish reads out of Packer's log (burnish.build.sysprep).
# Kept to plain forms that a parser outside Windows can read: lists as @('a', 'b'), commands in brackets.
$ErrorActionPreference = 'Stop'

$until = (Get-Date).AddMinutes(30)
$wanted = 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE'
$folder = (Join-Path -Path $env:SystemRoot -ChildPath 'System32\Sysprep')
$setup = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup'

function Get-ImageState {
    $found = (Get-ItemProperty -Path "$setup\State")
    return $found.ImageState
}

function Stop-Build {
    param([string] $Reason)
    Write-Output "burnish: sysprep: failed: $Reason"
    foreach ($name in @('setuperr.log', 'setupact.log')) {
        $path = (Join-Path -Path $folder -ChildPath "Panther\$name")
        Write-Output "burnish: sysprep: begin $name"
        if (Test-Path -Path $path) {
            Get-Content -Path $path -Tail 80
        }
        Write-Output "burnish: sysprep: end $name"
    }
    exit 1
}

# Generalised while an agent still starts, the image has half of it. Which ones there are differs.
foreach ($name in @('RdAgent', 'WindowsAzureTelemetryService', 'WindowsAzureGuestAgent')) {
    $service = (Get-Service -Name $name -ErrorAction 'SilentlyContinue')
    if ($null -eq $service) {
        Write-Output "burnish: sysprep: $name is not there"
        continue
    }
    while ($service.Status -ne 'Running') {
        if ((Get-Date) -gt $until) {
            Stop-Build -Reason "$name does not run"
        }
        Start-Sleep -Seconds 5
        $service.Refresh()
    }
    Write-Output "burnish: sysprep: $name runs"
}

# An answer file of the build would be answered once more, and what setup wrote of this machine stays here.
$answers = (Join-Path -Path $folder -ChildPath 'unattend.xml')
if (Test-Path -Path $answers) {
    Remove-Item -Path $answers -Force
}
$panther = (Join-Path -Path $env:SystemRoot -ChildPath 'Panther')
if (Test-Path -Path $panther) {
    Remove-Item -Path $panther -Recurse -Force -ErrorAction 'SilentlyContinue'
}

# An update of the agent can leave the entry of a library that is gone, and sysprep ends at that. The agent
# has nothing to do there: it is set up anew on each machine that is made of the image.
$external = "$setup\SysPrepExternal\Generalize"
if (Test-Path -Path $external) {
    $key = (Get-Item -Path $external)
    foreach ($name in $key.GetValueNames()) {
        if (([string] $key.GetValue($name)) -like '*VMAgentDisabler.dll*') {
            Write-Output "burnish: sysprep: dropped the agent's entry $name"
            Remove-ItemProperty -Path $external -Name $name
        }
    }
}

$program = (Join-Path -Path $folder -ChildPath 'Sysprep.exe')
$options = @('/oobe', '/generalize', '/quiet', '/quit', '/mode:vm')
$sysprep = (Start-Process -FilePath $program -ArgumentList $options -PassThru)
# without a look at it in time, Windows forgets the exit code
$null = $sysprep.Handle
while (-not $sysprep.HasExited) {
    if ((Get-Date) -gt $until) {
        Stop-Build -Reason "still running, the image state is $(Get-ImageState)"
    }
    Start-Sleep -Seconds 5
}
if ($sysprep.ExitCode -ne 0) {
    Stop-Build -Reason "exit code $($sysprep.ExitCode), the image state is $(Get-ImageState)"
}

$state = (Get-ImageState)
while ($state -ne $wanted) {
    if ((Get-Date) -gt $until) {
        Stop-Build -Reason "the image state stays $state"
    }
    Start-Sleep -Seconds 5
    $state = (Get-ImageState)
}
Write-Output "burnish: sysprep: $state, exit code $($sysprep.ExitCode)"
