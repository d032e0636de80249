using EmailOps.Core.Contracts;
using EmailOps.Tests.Web;
using EmailOps.Tests.Web.StandIn;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EmailOps.Tests.Browser;

/// <summary>The ways in, and the pages about people, keys and the audit, in a browser.</summary>
public sealed class AccessBrowserTests
{
    [Fact]
    public async Task People_come_in_by_keyboard_see_what_their_role_may_and_nobody_is_shut_out()
    {
        if (Chromium.Find() is not { } path) return; // RunningConsole says so
        await using var console = await ConsoleUnderTest.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright, path);
        await using var context = await browser.NewContextAsync(new() { BypassCSP = true });
        var page = await context.NewPageAsync();
        await page.GotoAsync(console.Links.New().ToString());
        await PageLook.AtAsync(page, "create-account");
        await page.GotoAsync(new Uri(console.Address, "/access").ToString());
        await PageLook.AtAsync(page, "sign-in");
        await page.GetByLabel("Name").FillAsync("Mara Ek");
        await page.GetByLabel("Password").FillAsync("wrong");
        await page.GetByLabel("Password").PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Name or password are wrong");
        await page.GetByLabel("Name").FillAsync("Mara Ek");
        await page.GetByLabel("Password").FillAsync(StandInAccess.Password);
        await page.GetByLabel("Password").PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "People", Level = 1 })).ToBeVisibleAsync();
        foreach (var (name, at) in new[] { ("people", "/access"), ("keys", "/access/keys"), ("audit", "/access/audit"), ("audit-none", "/access/audit?action=none"), ("account", "/account") })
        {
            await page.GotoAsync(new Uri(console.Address, at).ToString());
            await PageLook.AtAsync(page, name);
        }
        await page.GotoAsync(new Uri(console.Address, "/access/keys").ToString());
        await page.GetByLabel("Used by").FillAsync("ci");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make" }).ClickAsync();
        await Expect(page.GetByLabel("Key", new() { Exact = true })).ToHaveValueAsync("eo_shown-once");

        console.Api.Access.Roles["Mara Ek"] = UserRole.Viewer;
        await page.GotoAsync(new Uri(console.Address, "/status").ToString());
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Status", Level = 1 })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Process now" })).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Access" })).ToHaveCountAsync(0);
        await page.GotoAsync(new Uri(console.Address, "/access").ToString());
        await Expect(page.GetByText("Your role does not allow that")).ToBeVisibleAsync();
    }
}
