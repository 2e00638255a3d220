namespace Orleans.Mail.Storage.Sqlite;

/// <summary>A body to delete, durable or waiting. The result is true when there was one.</summary>
internal sealed class DeleteBodyRequest(long id) : WriteRequest<bool>
{
    public override void Execute(WriterSession session) => Result = session.DeleteBody(id);
}

/// <summary>A waiting body to give up, if no batch has required it by now. The result is true when it was.</summary>
internal sealed class GiveUpBodyRequest(long id) : WriteRequest<bool>
{
    public override void Execute(WriterSession session) => Result = session.GiveUpBody(id);
}
