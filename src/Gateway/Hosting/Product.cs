namespace Orleans.Mail.Gateway.Hosting;

/// <summary>What the greetings say of the product.</summary>
public static class Product
{
    /// <summary>The version, three numbers.</summary>
    public static string Version { get; } = typeof(Product).Assembly.GetName().Version!.ToString(3);
}
