using System.Net;
using System.Text;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Edges;

/// <summary>Whatever is wrong with a request: a 4xx that names the field and the reason, and nothing has changed.</summary>
public sealed class BadInputTests(SharedServices services) : IClassFixture<SharedServices>
{
    private static readonly string Long257 = new('x', 257);
    private static readonly string Long10000 = new('x', 10_000);

    /// <summary>Of one interaction: its JSON, the field at fault, a part of the reason.</summary>
    private static IEnumerable<(string Json, string Field, string Reason)> Interactions()
    {
        const string rest = "\"userId\":\"u\",\"itemId\":\"i\",\"kind\":\"view\"";
        yield return ("null", "", "is null");
        yield return ("7", "", "must be an object");
        yield return ("[]", "", "must be an object");
        yield return ("{}", "userId", "is missing");
        yield return ("{}", "itemId", "is missing");
        yield return ("{}", "kind", "is missing");
        yield return ("{\"userId\":null,\"itemId\":\"i\",\"kind\":\"view\"}", "userId", "is missing");
        yield return ($$"""{{{rest}},"colour":"red"}""", "colour", "is not a known field");
        yield return ("""{"UserId":"u","itemId":"i","kind":"view"}""", "UserId", "is not a known field");
        yield return ($$"""{{{rest}},"kind":"click"}""", "kind", "stands twice");
        yield return ("""{"userId":"u","itemId":"i","kind":"VIEW"}""", "kind", "is unknown");
        yield return ("""{"userId":"u","itemId":"i","kind":"'; DROP TABLE users; --"}""", "kind", "is unknown");
        yield return ("""{"userId":"u","itemId":"i","kind":3}""", "kind", "must be a string");
        foreach (var value in new[] { "\"NaN\"", "\"Infinity\"", "\"5\"", "true", "[1]", "{}" })
            yield return ($$"""{{{rest}},"value":{{value}}}""", "value", "must be a number");
        foreach (var value in new[] { "1e999", "-1e999", "1e10" })
            yield return ($$"""{{{rest}},"value":{{value}}}""", "value", "must be a number between");
        foreach (var value in new[] { "1e999", "-1e999", "5.01", "0", "-3" })
            yield return ($$"""{"userId":"u","itemId":"i","kind":"rating","value":{{value}}}""", "value", "off the rating scale");
        yield return ("""{"userId":"u","itemId":"i","kind":"rating"}""", "value", "is missing");
        foreach (var quantity in new[] { "0", "-1", "1e999", "-1e999" })
            yield return ($$"""{{{rest}},"quantity":{{quantity}}}""", "quantity", "must be above 0");
        yield return ($$"""{{{rest}},"quantity":"2"}""", "quantity", "must be a number");
        yield return ($$"""{{{rest}},"unitPrice":-0.01}""", "unitPrice", "must be 0 to");
        yield return ($$"""{{{rest}},"unitPrice":1e13}""", "unitPrice", "must be 0 to");
        yield return ($$"""{{{rest}},"unitPrice":1e999}""", "unitPrice", "must be a number within");
        foreach (var time in new[] { "\"yesterday\"", "1767225600", "\"2026-01-01T00:00:00\"", "\"2026-02-30T00:00:00Z\"", "\"2026-01-01\"", "\"0001-01-01T00:00:00Z\"", "\"\"", "true" })
            yield return ($$"""{{{rest}},"occurredAt":{{time}}}""", "occurredAt", "must be an ISO 8601 time");
        yield return ($$"""{{{rest}},"occurredAt":"1969-12-31T23:59:59Z"}""", "occurredAt", "lies before 1970");
        yield return ($$"""{{{rest}},"occurredAt":"0002-01-01T00:00:00Z"}""", "occurredAt", "lies before 1970");
        yield return ($$"""{{{rest}},"occurredAt":"9998-12-31T23:59:59Z"}""", "occurredAt", "hours ahead");
        yield return ($$"""{{{rest}},"recommendationId":"7"}""", "recommendationId", "must be a GUID");
        foreach (var field in new[] { "id", "userId", "itemId", "sessionId", "orderId" })
        {
            foreach (var (id, reason) in BadIds())
                yield return ($$"""{ {{Others(field)}} "{{field}}":{{id}}}""", field, reason);
        }

        static string Others(string field) => string.Concat(
            new[] { ("userId", "u"), ("itemId", "i"), ("kind", "view") }.Where(pair => pair.Item1 != field).Select(pair => $"\"{pair.Item1}\":\"{pair.Item2}\","));
    }

    /// <summary>As JSON.</summary>
    private static IEnumerable<(string Id, string Reason)> BadIds() =>
    [
        ("\"\"", "is empty"), ($"\"{Long257}\"", "has 257 characters"), ($"\"{Long10000}\"", "has 10000 characters"),
        ("\"a\\u0000b\"", "control character U+0000"), ("\"a\\nb\"", "control character U+000A"), ("\"\\u007f\"", "control character U+007F"), ("\"\\u0085\"", "control character U+0085"),
        ("\"\\ud800\"", "not valid Unicode"), ("\"\\udc00\\ud800\"", "not valid Unicode"), ("42", "must be a string"), ("[\"a\"]", "must be a string"),
    ];

    /// <summary>Whole bodies of POST /interactions.</summary>
    private static IEnumerable<(string Json, string Field, string Reason)> Batches()
    {
        const string good = """{"userId":"u","itemId":"i","kind":"view"}""";
        yield return ("", "body", "is not valid JSON");
        yield return ("null", "body", "null");
        yield return ("{}", "body", "must be an array");
        yield return (good, "body", "must be an array");
        yield return ("\"x\"", "body", "must be an array");
        yield return ("[]", "body", "must hold 1 to 1000");
        yield return ($"[{string.Join(',', Enumerable.Repeat(good, 1001))}]", "body", "must hold 1 to 1000");
        yield return ($"[{good}", "[1]", "is not valid JSON");
        yield return ($"[{good},]", "[1]", "is not valid JSON");
        yield return ($"[{good}] {good}", "body", "is not valid JSON");
        yield return ($"[/* well */{good}]", "[0]", "is not valid JSON");
        yield return ($"[{good},{{\"userId\":'u'}}]", "[1].userId", "is not valid JSON");
        yield return ("""[{"userId":"u","itemId":"i","kind":"view","value":NaN}]""", "[0].value", "is not valid JSON");
        yield return ("""[{"userId":"u","itemId":"i","kind":"view","value":Infinity}]""", "[0].value", "is not valid JSON");
        yield return (new string('[', 20_000), "[0]", "must be an object");
        yield return ("[" + string.Concat(Enumerable.Repeat("{\"userId\":", 20_000)), "[0].userId", "must be a string");
        yield return ($"[{string.Join(',', Enumerable.Repeat(good, 999))},{{\"userId\":\"u\",\"itemId\":\"i\",\"kind\":\"nothing\"}}]", "[999].kind", "is unknown");
        foreach (var (json, field, reason) in Interactions())
            yield return ($"[{good},{json}]", field.Length == 0 ? "[1]" : $"[1].{field}", reason);
    }

    private static IEnumerable<(string Json, string Field, string Reason)> Ratings() =>
    [
        ("", "body", "is not valid JSON"), ("null", "body", "null"), ("[]", "body", "must be an object"), ("4", "body", "must be an object"), ("{}", "value", "is missing"),
        ("""{"value":"4"}""", "value", "must be a number"), ("""{"value":1e999}""", "value", "off the rating scale"), ("""{"value":NaN}""", "value", "is not valid JSON"),
        ("""{"value":0.4}""", "value", "off the rating scale"), ("""{"value":4,"userId":"u"}""", "userId", "is not a known field"),
        ("""{"value":4,"occurredAt":"1960-01-01T00:00:00Z"}""", "occurredAt", "lies before 1970"), ("""{"value":4,"occurredAt":"2999-01-01T00:00:00Z"}""", "occurredAt", "hours ahead"),
        ("""{"value":4,"occurredAt":5}""", "occurredAt", "must be an ISO 8601 time"),
    ];

    /// <summary>Of items, whether put or patched.</summary>
    private static IEnumerable<(string Json, string Field, string Reason)> Items()
    {
        yield return ("", "body", "is not valid JSON");
        yield return ("null", "body", "null");
        yield return ("[]", "body", "must be an object");
        yield return ("\"x\"", "body", "must be an object");
        yield return ("""{"itemId":"other"}""", "itemId", "is not a known field");
        yield return ("""{"\ud800":1}""", "body", "not valid Unicode");
        yield return ($$"""{"title":"{{new string('t', 501)}}"}""", "title", "has 501 characters");
        yield return ("""{"title":""}""", "title", "is empty");
        yield return ("""{"title":"a\u0000"}""", "title", "control character");
        yield return ("""{"title":"\udfff"}""", "title", "not valid Unicode");
        yield return ("""{"title":5}""", "title", "must be a string");
        yield return ($$"""{"description":"{{new string('d', 10_001)}}"}""", "description", "has 10001 characters");
        yield return ("""{"description":"a\u001bb"}""", "description", "control character");
        yield return ("""{"categories":"x"}""", "categories", "must be an array of strings");
        yield return ("""{"categories":[null]}""", "categories[0]", "is null");
        yield return ("""{"categories":["a",""]}""", "categories[1]", "is empty");
        yield return ($$"""{"categories":[{{string.Join(',', Enumerable.Range(0, 51).Select(position => $"\"{position}\""))}}]}""", "categories", "has 51 entries");
        yield return ("""{"price":-1}""", "price", "must be 0 to");
        yield return ("""{"price":"1"}""", "price", "must be a number");
        yield return ("""{"price":1e999}""", "price", "must be a number");
        yield return ("""{"price":1e13}""", "price", "must be 0 to");
        yield return ("""{"salePrice":-0.01}""", "salePrice", "must be 0 to");
        yield return ("""{"salePrice":"1"}""", "salePrice", "must be a number");
        yield return ("""{"salePrice":1e999}""", "salePrice", "must be a number");
        yield return ("""{"salePrice":1e13}""", "salePrice", "must be 0 to");
        yield return ("""{"currency":"eur"}""", "currency", "ISO 4217");
        yield return ("""{"available":"true"}""", "available", "must be true or false");
        yield return ("""{"hidden":1}""", "hidden", "must be true or false");
        yield return ("""{"addedAt":"1799-12-31T00:00:00Z"}""", "addedAt", "lies before 1800");
        yield return ("""{"addedAt":"today"}""", "addedAt", "must be an ISO 8601 time");
        yield return ("""{"groupId":""}""", "groupId", "is empty");
        yield return ($$"""{"groupId":"{{Long257}}"}""", "groupId", "has 257 characters");
        yield return ("""{"imageUrl":"javascript:alert(1)"}""", "imageUrl", "absolute http");
        yield return ("""{"imageUrl":"/mug.jpg"}""", "imageUrl", "absolute http");
        foreach (var attributes in Attributes())
            yield return attributes;
    }

    private static IEnumerable<(string Json, string Field, string Reason)> Merges() =>
    [
        ("", "body", "is not valid JSON"), ("null", "body", "null"), ("[]", "body", "must be an object"), ("{}", "from", "is missing"), ("""{"from":null}""", "from", "is missing"),
        ("""{"from":""}""", "from", "is empty"), ("""{"from":7}""", "from", "must be a string"), ("""{"from":"a\u0000"}""", "from", "control character"), ("""{"from":"\ud800"}""", "from", "not valid Unicode"),
        ($$"""{"from":"{{Long257}}"}""", "from", "has 257 characters"), ("""{"from":"seed"}""", "from", "is the user of the path"), ("""{"from":"a","to":"b"}""", "to", "is not a known field"),
        ("""{"From":"a"}""", "From", "is not a known field"),
    ];

    private static IEnumerable<(string Json, string Field, string Reason)> Attributes() =>
    [
        ("""{"attributes":"x"}""", "attributes", "must be a JSON object"), ("""{"attributes":[1]}""", "attributes", "must be a JSON object"),
        ("""{"attributes":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}}}""", "attributes", "nested too deeply"),
        ($$$"""{"attributes":{"a":"{{{new string('x', 17_000)}}}"}}""", "attributes", "bytes of JSON"), ("""{"attributes":{"a":1e999}}""", "attributes", "beyond the range"),
        ("""{"attributes":{"a":"\u0000"}}""", "attributes", "control character"), ("""{"attributes":{"a":"\ud800"}}""", "attributes", "surrogate"),
    ];

    /// <summary>Escaped as they stand in a path. A raw U+0000 and what no request line can hold are refused by the server itself.</summary>
    private static IEnumerable<(string Id, string Reason)> BadPathIds() =>
    [
        (Long257, "has 257 characters"), ("a%0Ab", "control character U+000A"), ("%7F", "control character U+007F"), ("%C2%85", "control character U+0085"),
        ("%ED%A0%80", "must be percent-encoded UTF-8"), ("%FF", "must be percent-encoded UTF-8"), ("%C0%80", "must be percent-encoded UTF-8"),
        ("%zz", "must be percent-encoded UTF-8"), ("%4", "must be percent-encoded UTF-8"), ("50%", "must be percent-encoded UTF-8"),
    ];

    private static IEnumerable<(string Method, string Path, string Field, string? Body)> PathIdPlaces() =>
    [
        ("GET", "/recommendations/{0}", "userId", null), ("PUT", "/users/{0}/ratings/i", "userId", """{"value":4}"""), ("PUT", "/users/u/ratings/{0}", "itemId", """{"value":4}"""),
        ("GET", "/users/{0}/interactions", "userId", null), ("GET", "/items/{0}", "itemId", null), ("PUT", "/items/{0}", "itemId", "{}"), ("PATCH", "/items/{0}", "itemId", "{}"),
        ("DELETE", "/items/{0}", "itemId", null), ("GET", "/users/{0}", "userId", null), ("PUT", "/users/{0}", "userId", "{}"), ("PATCH", "/users/{0}", "userId", "{}"),
        ("DELETE", "/users/{0}", "userId", null), ("POST", "/users/{0}/merge", "userId", """{"from":"seed"}"""),
        ("GET", "/users/{0}/profile", "userId", null), ("GET", "/items/{0}/profile", "itemId", null),
    ];

    private static IEnumerable<(string Method, string Path, string? Body, string Field, string Reason)> Queries()
    {
        foreach (var (path, most) in new[] { ("/items", 1000), ("/users", 1000), ("/users/seed/interactions", 1000), ("/admin/runs", 1000), ("/admin/models", 1000), ("/recommendations/u", 200), ("/placements/popular", 200) })
        {
            foreach (var limit in new[] { "0", "-1", $"{most + 1}", "2147483647" })
                yield return ("GET", $"{path}?limit={limit}", null, "limit", $"between 1 and {most}");
            foreach (var limit in new[] { "abc", "1.5", "99999999999", "NaN", "1e2", "%00", "%FF", "5;limit=6", "1%20OR%201=1" })
                yield return ("GET", $"{path}?limit={limit}", null, "limit", "must be a whole number");
        }

        foreach (var path in new[] { "/items", "/users", "/users/seed/interactions", "/admin/runs", "/admin/models" })
        {
            foreach (var cursor in new[] { "x", "%00", "MS4yLjM", "LQ", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "%27%20OR%201=1", "", "%ED%A0%80", Long257 })
                yield return ("GET", $"{path}?cursor={cursor}", null, "cursor", "is not a cursor");
        }

        foreach (var id in new[] { "abc", "1.5", "99999999999999999999", "%00a", "1;DROP" })
        {
            if (id != "%00a")
            {
                yield return ("GET", $"/admin/runs/{id}", null, "runId", "must be a whole number");
                yield return ("POST", $"/admin/runs/{id}/cancel", null, "runId", "must be a whole number");
                yield return ("POST", $"/admin/models/{id}/publish", null, "version", "must be a whole number");
            }
        }

        yield return ("POST", "/admin/retrain", "[]", "body", "must be an object");
        yield return ("POST", "/admin/retrain", """{"force":"yes"}""", "force", "must be true or false");
        yield return ("POST", "/admin/retrain", """{"Force":true}""", "Force", "is not a known field");
        yield return ("POST", "/admin/retrain", "{", "body", "is not valid JSON");
    }

    private static IEnumerable<(string Method, string Path, string? Body, string Field, string Reason)> Everything()
    {
        foreach (var (json, field, reason) in Batches())
            yield return ("POST", "/interactions", json, field, reason);
        foreach (var (json, field, reason) in Ratings())
            yield return ("PUT", "/users/seed/ratings/seed-item", json, field, reason);
        foreach (var (json, field, reason) in Merges())
            yield return ("POST", "/users/seed/merge", json, field, reason);
        foreach (var (json, field, reason) in Items())
        {
            yield return ("PUT", "/items/seed-item", json, field, reason);
            yield return ("PATCH", "/items/seed-item", json, field, reason);
        }

        // What a patch names is looked at only when it is JSON throughout.
        foreach (var (json, field, reason) in new[]
        {
            ("""{"title":"a","title":"b"}""", "title", "stands twice"), ("""{"attributes":{"\udc00":1}}""", "attributes", "not valid Unicode"),
            (string.Concat(Enumerable.Repeat("{\"attributes\":", 20_000)), "attributes", "nested too deeply"),
        })
        {
            yield return ("PUT", "/items/seed-item", json, field, reason);
            yield return ("PATCH", "/items/seed-item", json, "body", reason);
        }

        foreach (var (json, field, reason) in Attributes().Append(("[]", "body", "must be an object")).Append(("""{"name":"x"}""", "name", "is not a known field")))
        {
            yield return ("PUT", "/users/seed", json, field, reason);
            yield return ("PATCH", "/users/seed", json, field, reason);
        }

        foreach (var (method, path, field, body) in PathIdPlaces())
        {
            foreach (var (id, reason) in BadPathIds())
                yield return (method, path.Replace("{0}", id, StringComparison.Ordinal), body, field, reason);
        }

        foreach (var query in Queries())
            yield return query;
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task AnyEndpoint_BadRequest_IsRefusedByFieldAndReasonAndChangesNothing(StorageProvider provider)
    {
        var service = await services.OnAsync(provider);
        await Refusal.SeedAsync(service);
        var before = await Refusal.StateOfAsync(service);
        var wrong = new List<string>();

        foreach (var (method, path, body, field, reason) in Everything())
        {
            try
            {
                var problem = await Refusal.SendAsync(service, method, path, body is null ? null : Encoding.UTF8.GetBytes(body), body is null ? null : "application/json", HttpStatusCode.BadRequest);
                Refusal.AssertNames(problem, field, reason);
            }
            catch (Exception e) when (e is Xunit.Sdk.XunitException or System.Text.Json.JsonException)
            {
                wrong.Add($"{method} {path[..Math.Min(80, path.Length)]} {body?[..Math.Min(120, body.Length)]} ({field} {reason}): {e.Message}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.Equal(before, await Refusal.StateOfAsync(service));
    }

    [Theory]
    [InlineData("GET", "/recommendations/", 405)]
    [InlineData("PUT", "/items/", 405)]
    [InlineData("DELETE", "/users/", 405)]
    [InlineData("PUT", "/users//ratings/i", 404)]
    [InlineData("PUT", "/users/u/ratings/", 404)]
    [InlineData("GET", "/users/u/merge", 405)]
    [InlineData("GET", "/users//interactions", 404)]
    [InlineData("GET", "/users//profile", 404)]
    [InlineData("POST", "/users/seed/profile", 405)]
    [InlineData("GET", "/users/nobody/profile", 404)]
    [InlineData("GET", "/items/nobody/profile", 404)]
    [InlineData("PUT", "/items/seed-item/profile", 405)]
    [InlineData("GET", "/nothing/here", 404)]
    [InlineData("GET", "/admin/runs/999999", 404)]
    [InlineData("POST", "/admin/runs/999999/cancel", 404)]
    [InlineData("POST", "/admin/models/999999/publish", 404)]
    [InlineData("GET", "/items/nobody", 404)]
    [InlineData("PATCH", "/items/nobody", 404)]
    [InlineData("DELETE", "/items/nobody", 404)]
    [InlineData("GET", "/users/nobody", 404)]
    [InlineData("PATCH", "/users/nobody", 404)]
    [InlineData("DELETE", "/users/nobody", 404)]
    public async Task AnyEndpoint_NothingThere_AnswersAProblem(string method, string path, int expected)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        await Refusal.SendAsync(service, method, path, method is "PUT" or "PATCH" ? "{}"u8.ToArray() : null, "application/json", (HttpStatusCode)expected);
    }

    [Theory]
    [InlineData("POST", "/interactions")]
    [InlineData("PUT", "/users/seed/ratings/seed-item")]
    [InlineData("PUT", "/items/seed-item")]
    [InlineData("PATCH", "/items/seed-item")]
    [InlineData("PUT", "/users/seed")]
    [InlineData("PATCH", "/users/seed")]
    [InlineData("POST", "/users/seed/merge")]
    [InlineData("POST", "/admin/retrain")]
    [InlineData("POST", "/import/items")]
    public async Task Body_OfAnotherType_Is415WithTheRightOneNamed(string method, string path)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await Refusal.SeedAsync(service);
        var before = await Refusal.StateOfAsync(service);

        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "nonsense", null })
        {
            var problem = await Refusal.SendAsync(service, method, path, "{}"u8.ToArray(), type, HttpStatusCode.UnsupportedMediaType);
            Assert.Contains(path.StartsWith("/import", StringComparison.Ordinal) ? "text/csv" : "application/json", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(before, await Refusal.StateOfAsync(service));
    }

    [Theory]
    [InlineData("POST", "/interactions")]
    [InlineData("PUT", "/items/seed-item")]
    [InlineData("PATCH", "/items/seed-item")]
    [InlineData("PUT", "/users/seed")]
    [InlineData("PUT", "/users/seed/ratings/seed-item")]
    [InlineData("POST", "/admin/retrain")]
    public async Task Body_Of10Megabytes_Is413(string method, string path)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await Refusal.SeedAsync(service);
        var before = await Refusal.StateOfAsync(service);
        var head = $"{method} {path} HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {TestService.AdminKey}\r\nContent-Type: application/json\r\nConnection: close\r\n";

        var announced = await RawHttp.SendAsync(service.Address, $"{head}Content-Length: 10000000");

        // Without a length the service notices while it reads.
        await using var http = await RawHttp.ConnectAsync(service.Address);
        await http.WriteAsync($"{head}Transfer-Encoding: chunked\r\n\r\n");
        var chunk = $"10000\r\n{new string(' ', 0x10000)}\r\n";
        for (var sent = 0; sent <= 4 * 1024 * 1024; sent += 0x10000)
            await http.WriteAsync(chunk);
        var streamed = await http.ReadAnswerAsync();

        foreach (var answer in new[] { announced, streamed })
        {
            Assert.Equal(413, answer.Status);
            Assert.Contains("Content-Type: application/problem+json", answer.Headers, StringComparison.Ordinal);
        }

        Assert.Equal(before, await Refusal.StateOfAsync(service));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html")]
    [InlineData("text/csv;q=0.5")]
    [InlineData("nonsense")]
    public async Task AnyEndpoint_WhateverTheClientAccepts_ExplainsInProblemDetails(string accept)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        foreach (var (path, status) in new[] { ("/items?limit=0", HttpStatusCode.BadRequest), ("/items/nobody", HttpStatusCode.NotFound), ("/nothing", HttpStatusCode.NotFound) })
        {
            using var request = Refusal.Request(service, "GET", path, null, null);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using var response = await service.Admin.SendAsync(request);
            await Refusal.ReadProblemAsync(response, status);
        }
    }

    /// <summary>Some of these never reach the application: the server refuses a request line that is none.</summary>
    [Theory]
    [InlineData("GET /items/a%00b HTTP/1.1", 400)]
    [InlineData("GET /items/a b HTTP/1.1", 400)]
    [InlineData("GET /items/\u00e9 HTTP/1.1", 400)]
    [InlineData("GET /items/\u0001 HTTP/1.1", 400)]
    [InlineData("GET items HTTP/1.1", 405)]
    [InlineData("GET /items HTTP/9.9", 505)]
    [InlineData("GARBAGE", 400)]
    [InlineData("GET /items/%ED%A0%80 HTTP/1.1", 400)]
    [InlineData("GET /items/%25%32%35 HTTP/1.1", 404)]
    [InlineData("GET /items/.. HTTP/1.1", 404)]
    [InlineData("GET /items/../admin/status HTTP/1.1", 404)]
    [InlineData("GET /items/%2e%2e/admin HTTP/1.1", 404)]
    [InlineData("OPTIONS * HTTP/1.1", 405)]
    public async Task RequestLine_NoClientWouldSend_IsRefused(string line, int expected)
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var answer = await RawHttp.SendAsync(service.Address, $"{line}\nHost: localhost\nX-Api-Key: {TestService.AdminKey}\nConnection: close");

        Assert.Equal(expected, answer.Status);
    }

    [Fact]
    public async Task RequestLine_IdOf10000Characters_Is414()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);

        var answer = await RawHttp.SendAsync(service.Address, $"GET /items/{Long10000} HTTP/1.1\nHost: localhost\nConnection: close");

        Assert.Equal(414, answer.Status);
    }

    [Fact]
    public async Task Body_BytesThatAreNotUtf8_AreRefused()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await Refusal.SeedAsync(service);
        var before = await Refusal.StateOfAsync(service);
        foreach (var bad in new byte[][] { [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82] })
        {
            byte[] body = [.. "[{\"userId\":\""u8, .. bad, .. "\",\"itemId\":\"i\",\"kind\":\"view\"}]"u8];
            var problem = await Refusal.SendAsync(service, "POST", "/interactions", body, "application/json", HttpStatusCode.BadRequest);
            Refusal.AssertNames(problem, "[0].userId", "not valid");
        }

        Assert.Equal(before, await Refusal.StateOfAsync(service));
    }

    [Fact]
    public async Task Body_ShorterThanItsLengthSays_IsNotTakenForWhole()
    {
        var service = await services.OnAsync(StorageProvider.Sqlite);
        await Refusal.SeedAsync(service);
        var before = await Refusal.StateOfAsync(service);
        var body = """[{"userId":"u","itemId":"i","kind":"view"}]"""u8.ToArray();
        await using (var http = await RawHttp.ConnectAsync(service.Address))
        {
            await http.WriteAsync($"POST /interactions HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: {TestService.AdminKey}\r\nContent-Type: application/json\r\nContent-Length: {body.Length + 1}\r\n\r\n");
            await http.WriteAsync(body);
        }

        var whole = await RawHttp.SendAsync(
            service.Address,
            $"POST /interactions HTTP/1.1\nHost: localhost\nX-Api-Key: {TestService.AdminKey}\nContent-Type: application/json\nTransfer-Encoding: chunked\nConnection: close",
            "zz\r\nnonsense\r\n0\r\n\r\n"u8.ToArray());

        Assert.Equal(400, whole.Status);
        Assert.Equal(before, await Refusal.StateOfAsync(service));
    }
}
