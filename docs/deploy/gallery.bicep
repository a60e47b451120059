// Not compiled here: no Bicep compiler can be had where burnish is made. The JSON beside it is the source; a test
// holds both to the same parameters and, value by value, to the same resources.

targetScope = 'resourceGroup'

@description('The gallery: letters, digits, dots and underscores.')
@minLength(1)
param galleryName string

@description('The region; that of the resource group unless said otherwise.')
param location string = resourceGroup().location

@description('The identity that publishes.')
param identityName string = 'burnish-publisher'

@description('Keep deleted versions for a while, so that they can be had back.')
param softDelete bool = true

@description('Object ids of the groups that may make machines from the images.')
param readers array = []

@description('The subject of GitHub\'s token that may publish, such as repo:OWNER/NAME:environment:gallery; empty: none.')
param githubSubject string = ''

@description('Who issues that token.')
param githubIssuer string = 'https://token.actions.githubusercontent.com'

@description('Tags of everything that is made.')
param tags object = {}

// Compute Gallery Artifacts Publisher, Compute Gallery Image Reader
var publisherRole = '85a2d0d9-2eba-4c9c-b355-11c2cc0788ab'
var readerRole = 'cf7c76d2-98a3-4358-a134-615aa78bf44d'
var diskRole = guid(resourceGroup().id, 'burnish disks of uploads')

resource gallery 'Microsoft.Compute/galleries@2024-03-03' = {
  name: galleryName
  location: location
  tags: tags
  properties: {
    description: 'Golden images, made by burnish'
    softDeletePolicy: {
      isSoftDeleteEnabled: softDelete
    }
  }
}

resource publisher 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: identityName
  location: location
  tags: tags
}

resource github 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = if (!empty(githubSubject)) {
  parent: publisher
  name: 'github'
  properties: {
    issuer: githubIssuer
    subject: githubSubject
    audiences: [
      'api://AzureADTokenExchange'
    ]
  }
}

resource disks 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: diskRole
  properties: {
    roleName: 'burnish disks of uploads, ${diskRole}'
    description: 'What an upload does with its disk, and what tells whether a version is in use'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Compute/disks/read'
          'Microsoft.Compute/disks/write'
          'Microsoft.Compute/disks/delete'
          'Microsoft.Compute/disks/beginGetAccess/action'
          'Microsoft.Compute/disks/endGetAccess/action'
          'Microsoft.Compute/images/read'
          'Microsoft.Compute/images/write'
          'Microsoft.Compute/images/delete'
          'Microsoft.Compute/locations/diskOperations/read'
          'Microsoft.Compute/virtualMachines/read'
          'Microsoft.Compute/virtualMachineScaleSets/read'
        ]
      }
    ]
    assignableScopes: [
      resourceGroup().id
    ]
  }
}

resource publishes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, identityName, publisherRole)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', publisherRole)
    principalId: publisher.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource uploads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, identityName, diskRole)
  properties: {
    roleDefinitionId: disks.id
    principalId: publisher.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for reader in readers: {
  scope: gallery
  name: guid(gallery.id, reader, readerRole)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', readerRole)
    principalId: reader
    principalType: 'Group'
  }
}]

output galleryId string = gallery.id
output clientId string = publisher.properties.clientId
