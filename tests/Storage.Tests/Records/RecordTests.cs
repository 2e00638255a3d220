using CsCheck;

namespace Orleans.Mail.Storage.Tests;

public sealed class RecordTests
{
    private static readonly BodyRef Body = new(ulong.MaxValue, 1, long.MaxValue, BodyPlace.File, true);

    [Fact]
    public void Every_field_is_read_as_it_was_written()
    {
        var id = MessageId.New(TimeProvider.System);
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        var record = new RecordReader(
            new RecordWriter(3).Byte(0).Byte(255).Bool(true).Bool(false).Fixed64(ulong.MaxValue).Text("").Text("Привет")
                .Bytes([]).Bytes([1, 2]).Time(time).Message(id).Body(Body).ToMemory().Span,
            newest: 3);
        Assert.Equal(3, record.Version);
        Assert.Equal((0, 255), (record.Byte(), record.Byte()));
        Assert.True(record.Bool());
        Assert.False(record.Bool());
        Assert.Equal(ulong.MaxValue, record.Fixed64());
        Assert.Equal("", record.Text());
        Assert.Equal("Привет", record.Text());
        Assert.Equal([], record.Bytes());
        Assert.Equal([1, 2], record.Bytes());
        Assert.Equal(time, record.Time());
        Assert.Equal(id, record.Message());
        Assert.Equal(Body, record.Body());
        Assert.True(record.AtEnd);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(127, 1)]
    [InlineData(128, 2)]
    [InlineData(16_383, 2)]
    [InlineData(16_384, 3)]
    [InlineData(long.MaxValue, 9)]
    public void Small_numbers_are_short(long value, int length)
    {
        var record = new RecordWriter(1).Number(value).ToMemory();
        Assert.Equal(1 + length, record.Length);
        Assert.Equal(value, new RecordReader(record.Span, 1).Number());
    }

    [Fact]
    public void Any_number_and_any_text_come_back() =>
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.String[Gen.Char['\0', '\ud7ff'], 0, 300]).Sample((number, text) =>
        {
            var record = new RecordReader(new RecordWriter(1).Number(number).Text(text).ToMemory().Span, 1);
            return record.Number() == number && record.Text() == text && record.AtEnd;
        });

    [Fact]
    public void A_negative_number_is_a_bug() => Assert.Throws<ArgumentOutOfRangeException>(() => new RecordWriter(1).Number(-1));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(255)]
    public void An_unknown_version_is_refused(int version) =>
        Assert.Throws<InvalidDataException>(() => new RecordReader([(byte)version], newest: 1));

    [Fact]
    public void An_older_version_is_read() => Assert.Equal(1, new RecordReader([1], newest: 2).Version);

    [Fact]
    public void A_record_that_is_cut_anywhere_is_refused()
    {
        var whole = new RecordWriter(1).Number(300).Text("abc").Bytes([1, 2, 3]).Body(Body).ToMemory();
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => ReadAll(whole[..length]));
        ReadAll(whole);
    }

    [Fact]
    public void A_number_without_an_end_is_refused() =>
        Assert.Throws<InvalidDataException>(() => ReadAll(new byte[] { 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }));

    [Fact]
    public void Garbage_is_refused_or_read_but_never_read_past_its_end() =>
        Gen.Byte.Array[0, 60].Sample(bytes =>
        {
            try
            {
                ReadAll(bytes);
                return true;
            }
            catch (InvalidDataException)
            {
                return true;
            }
        });

    private static void ReadAll(ReadOnlyMemory<byte> bytes)
    {
        var record = new RecordReader(bytes.Span, 1);
        record.Number();
        record.Text();
        record.Bytes();
        record.Body();
    }
}
