namespace Orleans.Mail.Storage.Tests.Sqlite;

public sealed class SqliteRowStoreTests : RowStoreContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => new(new SqliteStoreUnderTest());
}

public sealed class SqliteRowScanTests : RowScanContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => new(new SqliteStoreUnderTest());
}

public sealed class SqliteBodyStoreTests : BodyStoreContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => new(new SqliteStoreUnderTest());

    protected override ValueTask<long> FootprintAsync()
    {
        var store = (SqliteStoreUnderTest)Store;
        return new(store.Store.PendingMemory + store.Folder.Files("bodies").Count);
    }
}

public sealed class SqliteBodyHoldersTests : BodyHoldersContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => new(new SqliteStoreUnderTest());
}

public sealed class SqliteGrainStorageTests : GrainStorageContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => new(new SqliteStoreUnderTest());
}

public sealed class SqliteReminderTableTests : ReminderTableContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => new(new SqliteStoreUnderTest());
}

public sealed class SqliteRowStoreModelTests : RowStoreModelContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => new(new SqliteStoreUnderTest());
}

public sealed class SqliteMembershipTableTests : MembershipTableContract
{
    protected override ValueTask<StoreUnderTest> OpenAsync() => new(new SqliteStoreUnderTest());
}
