using System.Net;
using EmailOps.ServiceDefaults.Calls;
using EmailOps.ServiceDefaults.Settings;
using Microsoft.Extensions.Configuration;

namespace EmailOps.Tests.ServiceDefaults;

public sealed class ServiceCallHandlerTests
{
    [Fact]
    public async Task A_service_s_name_becomes_its_address_and_the_rest_of_the_request_stays()
    {
        var (client, server) = Make(HttpStatusCode.OK);

        await client.GetAsync(new Uri("http://api/messages?page=2"));

        Assert.Equal("http://10.0.0.7:8000/messages?page=2", server.Asked.Single());
    }

    [Fact]
    public async Task Another_host_s_address_stays_and_its_failure_is_not_asked_again()
    {
        var (client, server) = Make(HttpStatusCode.ServiceUnavailable);

        await client.GetAsync(new Uri("http://elsewhere.example/x"));

        Assert.Equal("http://elsewhere.example/x", server.Asked.Single());
    }

    [Fact]
    public async Task Reading_is_asked_again_while_the_service_starts()
    {
        var (client, server) = Make(HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);

        var answer = await client.GetAsync(new Uri("http://api/messages"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(3, server.Asked.Count);
    }

    [Fact]
    public async Task Writing_is_never_done_twice()
    {
        var (client, server) = Make(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);

        var answer = await client.PostAsync(new Uri("http://api/drafts/1/approve"), null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Single(server.Asked);
    }

    [Fact]
    public void An_address_that_is_none_is_named_as_the_setting_that_holds_it()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("services:api:http:0", "not an address")]).Build();

        var failure = Assert.Throws<InvalidSettingException>(() => ServiceAddress.Find(configuration, "api"));

        Assert.Equal("services__api__http__0", failure.Name);
    }

    private static (HttpClient Client, Server Server) Make(params HttpStatusCode[] answers)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("services:api:http:0", "http://10.0.0.7:8000")]).Build();
        var server = new Server(answers);
        return (new HttpClient(new ServiceCallHandler(configuration) { InnerHandler = server }), server);
    }

    private sealed class Server(HttpStatusCode[] answers) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.ToString());
            return Task.FromResult(new HttpResponseMessage(answers[Math.Min(Asked.Count, answers.Length) - 1]));
        }
    }
}
