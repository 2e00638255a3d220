namespace Orleans.Mail.Storage.Tests.Azure;

public sealed class AzureRowStoreTests(AzuriteFixture azurite) : RowStoreContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => AzureStoreUnderTest.OpenAsync(azurite);
}

public sealed class AzureRowScanTests(AzuriteFixture azurite) : RowScanContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => AzureStoreUnderTest.OpenAsync(azurite);
}

public sealed class AzureBodyStoreTests(AzuriteFixture azurite) : BodyStoreContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => AzureStoreUnderTest.OpenAsync(azurite);

    // Blocks that were never committed are no bodies; the service drops them.
    protected override async ValueTask<long> FootprintAsync() => (await ReadUsageAsync()).Bodies;
}

public sealed class AzureBodyHoldersTests(AzuriteFixture azurite) : BodyHoldersContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => AzureStoreUnderTest.OpenAsync(azurite);
}

public sealed class AzureGrainStorageTests(AzuriteFixture azurite) : GrainStorageContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => AzureStoreUnderTest.OpenAsync(azurite);
}

public sealed class AzureReminderTableTests(AzuriteFixture azurite) : ReminderTableContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => AzureStoreUnderTest.OpenAsync(azurite);
}

public sealed class AzureRowStoreModelTests(AzuriteFixture azurite) : RowStoreModelContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => AzureStoreUnderTest.OpenAsync(azurite);
}

public sealed class AzureMembershipTableTests(AzuriteFixture azurite) : MembershipTableContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => AzureStoreUnderTest.OpenAsync(azurite);
}
