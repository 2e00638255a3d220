namespace Orleans.Mail.Storage.Sqlite;

/// <summary>A body to delete, or one to give up that no batch has required. The result is true when there was one.</summary>
internal sealed class DeleteBodyRequest(long id) : WriteRequest<bool>
{
    public override void Execute(WriterSession session) => Result = session.DeleteBody(id);
}
