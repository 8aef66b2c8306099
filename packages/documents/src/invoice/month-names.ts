/**
 * As they are written in a date, long and short, folded, in English, German, French, Spanish, Italian, Dutch, Portuguese,
 * Swedish, Danish, Norwegian, Finnish, Polish, Czech, Slovak, Romanian, Hungarian and Turkish. Written out: to ask `Intl`
 * for them takes 150 ms of each process that reads invoices.
 */
const NAMES = [
  'january jan januar janvier janv enero ene gennaio gen januari janeiro tammikuuta stycznia sty ledna januara ianuarie ian ocak oca',
  'february feb februar fevrier fevr febrero febbraio februari fevereiro fev helmikuuta lutego lut unora februara februarie febr subat sub',
  'march mar marz mars marzo maart mrt marco marts maaliskuuta marca brezna martie marcius marc mart',
  'april apr avril avr abril abr aprile huhtikuuta kwietnia kwi dubna aprila aprilie aprilis nisan nis',
  'may mai mayo maggio mag mei maio maj toukokuuta maja kvetna majus mayıs',
  'june jun juni juin junio giugno giu junho kesakuuta czerwca cze cervna juna iunie iun junius haziran haz',
  'july jul juli juillet juil julio luglio lug julho heinakuuta lipca lip cervence jula iulie iul julius temmuz tem',
  'august aug aout agosto ago augustus augusti elokuuta sierpnia sie srpna augusta augusztus agustos agu',
  'september sep sept septembre septiembre settembre set setembro syyskuuta wrzesnia wrz zari septembra septembrie szeptember szept eylul eyl',
  'october oct oktober okt octobre octubre ottobre ott outubro out lokakuuta pazdziernika paz rijna oktobra octombrie ekim eki',
  'november nov novembre noviembre novembro marraskuuta listopada lis listopadu novembra noiembrie kasım kas',
  'december dec dezember dez decembre diciembre dic dicembre dezembro desember des joulukuuta grudnia gru prosince decembra decembrie aralık ara',
];

/** Folded name of a month -> 1 to 12. */
export const MONTHS: ReadonlyMap<string, number> = new Map(
  NAMES.flatMap((names, index) => names.split(' ').map((name) => [name, index + 1] as const)),
);
