namespace Orleans.Mail.Protocols.Manage;

/// <summary>Checks the parameters that were given against the forms of their command.</summary>
internal static class ManageForms
{
    /// <summary>Null when one form takes all that was given and misses nothing.</summary>
    public static ManageStatus? Check(ManageRequest request)
    {
        var forms = request.Command.Forms;
        var fitting = forms.Where(form => request.Values.Keys.All(form.Takes)).ToArray();
        if (fitting.Length == 0)
            return request.Status(ManageEnding.Syntax, ManageTexts.Conflict(Odd(request), Choice(forms)));
        if (fitting.Any(form => form.Required.All(request.Has)))
            return null;
        var missing = fitting.Length == 1
            ? string.Join(' ', fitting[0].Required.Where(key => !request.Has(key)).Select(key => key.Syntax))
            : Choice(fitting);
        return request.Status(ManageEnding.Missing, ManageTexts.Missing(missing));
    }

    /// <summary>The first parameter after which no form takes them all.</summary>
    private static string Odd(ManageRequest request)
    {
        var seen = new List<ManageKey>();
        return request.Values.Keys.First(key =>
        {
            seen.Add(key);
            return !request.Command.Forms.Any(form => seen.All(form.Takes));
        }).Name;
    }

    private static string Choice(IEnumerable<ManageForm> forms) => string.Join(" | ", forms.Select(form => form.Syntax));
}
