namespace Orleans.Mail.Gateway.Manage;

/// <summary>The version of this server as banners and STATUS show it.</summary>
internal static class ProductVersion
{
    public static readonly string Text = typeof(ProductVersion).Assembly.GetName().Version!.ToString(3);
}
