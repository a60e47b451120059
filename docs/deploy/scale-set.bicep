// Not compiled here: no Bicep compiler can be had where burnish is made. The JSON beside it is the source; a test
// holds both to the same parameters and, value by value, to the same resources.

targetScope = 'resourceGroup'

@description('The scale set; machines are called by it and a number.')
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

@description('How many machines there are by day.')
@minValue(1)
@maxValue(600)
param capacity int = 2

@description('How many there are by night.')
@minValue(0)
@maxValue(600)
param nightCapacity int = 0

@description('The days on which there is a day.')
param days array = [
  'Monday'
  'Tuesday'
  'Wednesday'
  'Thursday'
  'Friday'
]

@description('The hour at which the day begins.')
@minValue(0)
@maxValue(23)
param startHour int = 7

@description('The hour at which it ends.')
@minValue(0)
@maxValue(23)
param stopHour int = 19

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
  }
}

resource machines 'Microsoft.Compute/virtualMachineScaleSets@2024-07-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: vmSize
    tier: 'Standard'
    capacity: capacity
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    orchestrationMode: 'Uniform'
    overprovision: false
    singlePlacementGroup: false
    platformFaultDomainCount: 1
    upgradePolicy: {
      mode: 'Manual'
    }
    virtualMachineProfile: {
      securityProfile: trustedLaunch ? trusted : standard
      storageProfile: {
        imageReference: {
          id: resourceId(subscription().subscriptionId, galleryResourceGroup, 'Microsoft.Compute/galleries/images', galleryName, imageName)
        }
        osDisk: {
          createOption: 'FromImage'
          managedDisk: {
            storageAccountType: 'Premium_LRS'
          }
        }
      }
      osProfile: {
        computerNamePrefix: name
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
      extensionProfile: {
        extensions: [
          {
            name: 'AADSSHLoginForLinux'
            properties: {
              publisher: 'Microsoft.Azure.ActiveDirectory'
              type: 'AADSSHLoginForLinux'
              typeHandlerVersion: '1.0'
              autoUpgradeMinorVersion: true
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
}

resource hours 'Microsoft.Insights/autoscaleSettings@2022-10-01' = {
  name: '${name}-hours'
  location: location
  tags: tags
  properties: {
    enabled: true
    targetResourceUri: machines.id
    profiles: [
      {
        name: 'day'
        capacity: {
          minimum: string(capacity)
          maximum: string(capacity)
          default: string(capacity)
        }
        rules: []
        recurrence: {
          frequency: 'Week'
          schedule: {
            timeZone: timeZone
            days: days
            hours: [
              startHour
            ]
            minutes: [
              0
            ]
          }
        }
      }
      {
        name: 'night'
        capacity: {
          minimum: string(nightCapacity)
          maximum: string(nightCapacity)
          default: string(nightCapacity)
        }
        rules: []
        recurrence: {
          frequency: 'Week'
          schedule: {
            timeZone: timeZone
            days: days
            hours: [
              stopHour
            ]
            minutes: [
              0
            ]
          }
        }
      }
    ]
  }
}

resource logins 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for user in users: {
  scope: machines
  name: guid(machines.id, user, loginRole)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', loginRole)
    principalId: user
    principalType: 'Group'
  }
}]

output scaleSetId string = machines.id
