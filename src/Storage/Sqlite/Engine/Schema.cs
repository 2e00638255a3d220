namespace Orleans.Mail.Storage.Sqlite;

/// <summary>The tables.</summary>
internal static class Schema
{
    private const int Version = 1;

    /// <summary>Makes the tables in a new database, and refuses one of a later release.</summary>
    public static void Prepare(Database database)
    {
        if (Check(database) == Version)
            return;
        database.Execute(
            $"""
            BEGIN IMMEDIATE;
            -- etag: the id of the commit that wrote the row.
            CREATE TABLE row (
                partition TEXT NOT NULL,
                key TEXT NOT NULL,
                etag INTEGER NOT NULL,
                value BLOB NOT NULL,
                PRIMARY KEY (partition, key)) WITHOUT ROWID;
            -- created: milliseconds since 1970. holder: 'partition/key' or NULL. bytes: NULL when the body is a file.
            CREATE TABLE body (
                id INTEGER PRIMARY KEY,
                size INTEGER NOT NULL,
                created INTEGER NOT NULL,
                holder TEXT,
                bytes BLOB);
            -- One row. last: the largest body id ever written. settled: see GroupWriter.
            CREATE TABLE counter (
                bodies INTEGER NOT NULL,
                bytes INTEGER NOT NULL,
                last INTEGER NOT NULL,
                settled INTEGER NOT NULL);
            INSERT INTO counter VALUES (0, 0, 0, 0);
            PRAGMA user_version = {Version};
            COMMIT;
            """);
    }

    /// <summary>The format of a database; one of a later release is refused.</summary>
    public static long Check(Database database)
    {
        var version = database.ReadNumber("PRAGMA user_version");
        return version <= Version
            ? version
            : throw new StorageException($"the database has format {version}; this release reads up to {Version}");
    }
}
