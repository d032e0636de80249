using System.Globalization;
using EmailOps.ServiceDefaults;
using EmailOps.Web.Access;
using EmailOps.Web.Analytics;
using EmailOps.Web.Alerting;
using EmailOps.Web.Assets;
using EmailOps.Web.Calls;
using EmailOps.Web.Escalations;
using EmailOps.Web.Imports;
using EmailOps.Web.Layout;
using EmailOps.Web.Live;
using EmailOps.Web.Knowledge;
using EmailOps.Web.Labels;
using EmailOps.Web.Mailboxes;
using EmailOps.Web.Messages;
using EmailOps.Web.Models;
using EmailOps.Web.Orders;
using EmailOps.Web.Outbox;
using EmailOps.Web.Runbook;
using EmailOps.Web.Schedules;
using EmailOps.Web.Security;
using EmailOps.Web.Shown;
using EmailOps.Web.SignIn;
using EmailOps.Web.Status;
using Microsoft.Extensions.Options;

namespace EmailOps.Web;

/// <summary>Builds the Web process, the operators' console; its own Program and the embedded AppHost both call it.</summary>
public static class WebHost
{
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        if (string.IsNullOrWhiteSpace(builder.Configuration["services:api:https:0"]) && string.IsNullOrWhiteSpace(builder.Configuration[WebOptions.ApiAddressKey]))
            builder.Configuration[WebOptions.ApiAddressKey] = WebOptions.ApiAddressDefault;
        ListenWhereAsked(builder);

        builder.Services.AddSingleton<IValidateOptions<WebOptions>, WebOptionsValidation>();
        builder.Services.AddOptions<WebOptions>().Configure(options => options.Read(builder.Configuration)).ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(AssetBundle.Load());
        builder.Services.AddSingleton(RunbookPages.Load());
        builder.Services.AddApiCalls();
        builder.Services.AddOperatorSignIn(builder.Configuration);
        builder.Services.AddSingleton<Notes>();
        builder.Services.AddSingleton<CategoryTitles>();
        builder.Services.AddRazorComponents();

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseExceptionHandler(error => error.Run(ErrorPages.Failed));
        app.UseStatusCodePages(ErrorPages.ByStatus);
        app.UseHostCheck();
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.UseFormCheck();

        app.MapDefaultEndpoints();
        app.MapAssets();
        app.MapSignIn();
        app.MapAccessActions();
        app.MapLive();
        app.MapMessageActions();
        app.MapMessageFiles();
        app.MapOutboxActions();
        app.MapEscalationActions();
        app.MapImports();
        app.MapMailboxActions();
        app.MapConsent();
        app.MapModelActions();
        app.MapAnalytics();
        app.MapLabelActions();
        app.MapKnowledgeActions();
        app.MapStatusActions();
        app.MapOrders();
        app.MapAlertActions();
        app.MapRunbookActions();
        app.MapScheduleActions();
        app.MapTheme();
        app.MapRazorComponents<App>().RequireAuthorization(Permission.Viewer).Add(ReadOnly);
        app.MapFallback(ErrorPages.NotFound).RequireAuthorization(Permission.Viewer);
        return app;
    }

    /// <summary>Pages are read; forms have routes of their own. By itself a component answers POST as well, and would stand in their way.</summary>
    private static void ReadOnly(EndpointBuilder page)
    {
        foreach (var methods in page.Metadata.OfType<HttpMethodMetadata>().ToArray())
            page.Metadata.Remove(methods);
        page.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get]));
    }

    /// <summary>ASPNETCORE_URLS (or --urls) wins, then WEB_PORT on loopback, then 8501 on loopback.</summary>
    private static void ListenWhereAsked(WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        if (!string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]) || !string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.HttpPortsKey]))
            return;
        var port = builder.Configuration["WEB_PORT"];
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{(string.IsNullOrWhiteSpace(port) ? "8501" : port)}"));
    }
}
