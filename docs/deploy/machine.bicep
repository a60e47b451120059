// Not compiled here: no Bicep compiler can be had where burnish is made. The JSON beside it is the source; a test
// holds both to the same parameters and, value by value, to the same resources.

targetScope = 'resourceGroup'

@description('The machine.')
@minLength(1)
param name string

@description('The region; that of the resource group unless said otherwise.')
param location string = resourceGroup().location

@description('The gallery.')
param galleryName string

@description('Its resource group; that of this deployment unless said otherwise.')
param galleryResourceGroup string = resourceGroup().name

@description('The image: the newest version of it that is stable is taken.')
param imageName string

@description('`burnish plan IMAGE --target NAME` tells which sizes fit.')
param vmSize string = 'Standard_D4s_v5'

@description('The resource id of the subnet.')
param subnetId string

@description('An address that the internet reaches; without one: over a VPN, a peered network or Azure Bastion.')
param publicIp bool = false

@description('The first user, who has the key below.')
param adminUsername string = 'azureuser'

@description('Its public SSH key.')
param sshPublicKey string

@description('Off for an image with `security: standard`: Azure makes no such machine of it.')
param trustedLaunch bool = true

@description('Of a machine with Trusted Launch; off for kernel modules of your own that nobody signed.')
param secureBoot bool = true

@description('Object ids of the groups that may log in with Entra ID.')
param users array = []

@description('When it is shut down each day, such as 1900; empty: never.')
param shutdownTime string = '1900'

@description('The time zone, by its name in Windows.')
param timeZone string = 'UTC'

@description('Tags of everything that is made.')
param tags object = {}

// Virtual Machine User Login
var loginRole = 'fb879df8-f326-4884-b1cf-06f3ad86be52'
var trusted = {
  securityType: 'TrustedLaunch'
  uefiSettings: {
    secureBootEnabled: secureBoot
    vTpmEnabled: true
  }
  encryptionAtHost: true
}
var standard = {
  encryptionAtHost: true
}
var address = {
  name: 'public'
  sku: {
    name: 'Standard'
  }
  properties: {
    deleteOption: 'Delete'
    publicIPAllocationMethod: 'Static'
  }
}

resource machine 'Microsoft.Compute/virtualMachines@2024-07-01' = {
  name: name
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    hardwareProfile: {
      vmSize: vmSize
    }
    securityProfile: trustedLaunch ? trusted : standard
    storageProfile: {
      imageReference: {
        id: resourceId(subscription().subscriptionId, galleryResourceGroup, 'Microsoft.Compute/galleries/images', galleryName, imageName)
      }
      osDisk: {
        createOption: 'FromImage'
        deleteOption: 'Delete'
        managedDisk: {
          storageAccountType: 'Premium_LRS'
        }
      }
    }
    osProfile: {
      computerName: name
      adminUsername: adminUsername
      linuxConfiguration: {
        disablePasswordAuthentication: true
        ssh: {
          publicKeys: [
            {
              path: '/home/${adminUsername}/.ssh/authorized_keys'
              keyData: sshPublicKey
            }
          ]
        }
      }
    }
    networkProfile: {
      networkApiVersion: '2020-11-01'
      networkInterfaceConfigurations: [
        {
          name: 'nic'
          properties: {
            primary: true
            deleteOption: 'Delete'
            ipConfigurations: [
              {
                name: 'ip'
                properties: {
                  subnet: {
                    id: subnetId
                  }
                  publicIPAddressConfiguration: publicIp ? address : null
                }
              }
            ]
          }
        }
      ]
    }
    diagnosticsProfile: {
      bootDiagnostics: {
        enabled: true
      }
    }
  }
}

resource entra 'Microsoft.Compute/virtualMachines/extensions@2024-07-01' = {
  parent: machine
  name: 'AADSSHLoginForLinux'
  location: location
  tags: tags
  properties: {
    publisher: 'Microsoft.Azure.ActiveDirectory'
    type: 'AADSSHLoginForLinux'
    typeHandlerVersion: '1.0'
    autoUpgradeMinorVersion: true
  }
}

resource shutdown 'Microsoft.DevTestLab/schedules@2018-09-15' = if (!empty(shutdownTime)) {
  name: 'shutdown-computevm-${name}'
  location: location
  tags: tags
  properties: {
    status: 'Enabled'
    taskType: 'ComputeVmShutdownTask'
    dailyRecurrence: {
      time: shutdownTime
    }
    timeZoneId: timeZone
    targetResourceId: machine.id
  }
}

resource logins 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for user in users: {
  scope: machine
  name: guid(machine.id, user, loginRole)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', loginRole)
    principalId: user
    principalType: 'Group'
  }
}]

output machineId string = machine.id
