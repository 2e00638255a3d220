// What Orleans.Mail needs in Azure: one storage account, one identity that may use it, a registry, an AKS cluster, and
// the public address that the MX records name. README.md, steps 1 to 3, deploys it.

@description('Where everything is made. A region with availability zones.')
param location string = resourceGroup().location

@description('Begins the names of what is made.')
@minLength(4)
@maxLength(20)
param name string = 'orleans-mail'

@description('Namespace and service account of deploy/kubernetes: only these pods get the identity.')
param serviceAccount string = 'system:serviceaccount:mail:orleans-mail'

@description('Size of the machines that silos and gateways run on.')
param vmSize string = 'Standard_D4ads_v5'

@description('Machines at least and at most; the cluster autoscaler adds them when pods wait.')
@minValue(2)
param minNodes int = 3
param maxNodes int = 12

@description('Zones of the region that are used.')
param zones string[] = ['1', '2', '3']

@description('Whether logs and container figures go to a Log Analytics workspace.')
param logAnalytics bool = false

@description('Days for which a deleted blob can be brought back. Deleted mail is paid for that long.')
@minValue(1)
@maxValue(365)
param blobRetentionDays int = 7

var unique = uniqueString(resourceGroup().id, name)
var compact = toLower(replace(name, '-', ''))

// Built-in roles.
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'
var networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7'

// Zone-redundant: a commit that was answered survives the loss of a zone. No account keys: the identity is the only way in.
resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: take('${compact}${unique}', 24)
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: blobRetentionDays }
    }
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location

  resource pods 'federatedIdentityCredentials' = {
    name: 'pods'
    properties: {
      issuer: cluster.properties.oidcIssuerProfile.issuerURL
      subject: serviceAccount
      audiences: ['api://AzureADTokenExchange']
    }
  }
}

resource storageRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in [storageTableDataContributor, storageBlobDataContributor]: {
  scope: storage
  name: guid(storage.id, identity.id, role)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}]

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: take('${compact}${unique}', 50)
  location: location
  sku: { name: 'Standard' }
  properties: { adminUserEnabled: false }
}

resource registryRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, cluster.id, acrPull)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
    principalId: cluster.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
  }
}

// The address of the MX records: it stays when the cluster is made anew.
resource publicIp 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: '${name}-mx'
  location: location
  sku: { name: 'Standard', tier: 'Regional' }
  zones: zones
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
    idleTimeoutInMinutes: 15
    dnsSettings: { domainNameLabel: '${name}-${take(unique, 6)}' }
  }
}

resource publicIpRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: publicIp
  name: guid(publicIp.id, cluster.id, networkContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', networkContributor)
    principalId: cluster.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = if (logAnalytics) {
  name: name
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
  }
}

resource cluster 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: name
  location: location
  identity: { type: 'SystemAssigned' }
  sku: { name: 'Base', tier: 'Standard' }
  properties: {
    dnsPrefix: name
    oidcIssuerProfile: { enabled: true }
    securityProfile: {
      workloadIdentity: { enabled: true }
    }
    autoUpgradeProfile: { upgradeChannel: 'patch', nodeOSUpgradeChannel: 'NodeImage' }
    // Cilium enforces the network policies of deploy/kubernetes.
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkDataplane: 'cilium'
      networkPolicy: 'cilium'
      loadBalancerSku: 'standard'
    }
    agentPoolProfiles: [
      {
        name: 'mail'
        mode: 'System'
        vmSize: vmSize
        osType: 'Linux'
        osSKU: 'AzureLinux'
        enableAutoScaling: true
        count: minNodes
        minCount: minNodes
        maxCount: maxNodes
        availabilityZones: zones
        upgradeSettings: { maxSurge: '1', drainTimeoutInMinutes: 30 }
      }
    ]
    addonProfiles: {
      omsagent: logAnalytics ? {
        enabled: true
        config: { logAnalyticsWorkspaceResourceID: workspace.id }
      } : { enabled: false }
    }
  }
}

// The names are those of deploy/kubernetes/overlays/aks/settings.env.
output identityClientId string = identity.properties.clientId
output resourceGroup string = resourceGroup().name
output publicIpName string = publicIp.name
output storageAccount string = storage.name
output registry string = registry.properties.loginServer
output cluster string = cluster.name
output address string = publicIp.properties.ipAddress
output hostName string = publicIp.properties.dnsSettings.fqdn
