// Texts that would be more than texts where a page is careless.

import assert from 'node:assert/strict';

export const BASIC = [
  '<script>alert(1)</script>', '<ScRiPt>alert(1)</sCrIpT>', '"><script>alert(1)</script>', '</title><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>', '<img src="x" onerror="alert(1)">', "'><img src=x onerror=alert(1)>", '<svg onload=alert(1)>',
  '<svg/onload=alert(1)>', '<svg><script>alert(1)</script></svg>', '<body onload=alert(1)>', '<iframe src=javascript:alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>">', '<a href="javascript:alert(1)">x</a>', 'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>', '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
  '<details open ontoggle=alert(1)>', '<video><source onerror=alert(1)></video>', '<audio src=x onerror=alert(1)>',
  '<input autofocus onfocus=alert(1)>', '<marquee onstart=alert(1)>x</marquee>', '<object data=javascript:alert(1)>',
  '<embed src=javascript:alert(1)>', '<form action=javascript:alert(1)><button>x</button></form>',
  '<link rel=stylesheet href=//evil.example/x.css>', '<style>@import "//evil.example/x.css";</style>',
  '<meta http-equiv=refresh content="0;url=//evil.example">', '<base href=//evil.example/>', '<template><img src=x onerror=alert(1)></template>',
  '{{constructor.constructor("alert(1)")()}}', '${alert(1)}', '#{alert(1)}', '<%= alert(1) %>', '`-alert(1)-`', "';alert(1);//",
  '";alert(1);//', '\\";alert(1);//', '</script><script>alert(1)</script>', '<!--<img src="--><img src=x onerror=alert(1)//">',
  '<p style="background:url(javascript:alert(1))">x</p>', '<div style="width:expression(alert(1))">', '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;img src=x onerror=alert(1)&#62;', '%3Cscript%3Ealert(1)%3C/script%3E', String.raw`\u003cscript\u003ealert(1)\u003c/script\u003e`,
  '<x contenteditable onblur=alert(1)>y</x>', '<select><option><img src=x onerror=alert(1)></select>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">', '__proto__',
];
// Alone, in the middle of a sentence, and behind what ends an attribute or a text: 150.
export const STRINGS = [...BASIC, ...BASIC.map((text) => `Error: ${text} is not valid`), ...BASIC.map((text) => `'">${text}<b>`)];

// Nothing of what the strings would make has become an element of the page. `mayShow`: a selector of pictures that belong
// there.
export async function isClean(page, { mayShow = '' } = {}) {
  const made = await page.evaluate((allowed) =>
    [...document.querySelectorAll('main *')]
      .filter((one) => !(allowed && one.matches(allowed)))
      .filter((one) => /^(script|img|iframe|object|embed|marquee|video|audio|math|template|base|meta|link|style|x)$/i.test(one.tagName)
        || [...one.attributes].some((attribute) => /^on/i.test(attribute.name)
          || (/^(href|src|srcdoc|action|formaction|data|xlink:href)$/i.test(attribute.name) && !/^(\/|https:\/\/)/.test(attribute.value))))
      .map((one) => one.outerHTML.slice(0, 100)), mayShow);
  assert.deepEqual(made, []);
}
