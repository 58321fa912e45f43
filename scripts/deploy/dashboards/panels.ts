import * as common from '@grafana/grafana-foundation-sdk/common';
import { BigValueColorMode, BigValueGraphMode, StackingMode } from '@grafana/grafana-foundation-sdk/common';
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  MappingType,
  QueryVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { codeTable, meaningInWords, unknownCode, unofficialRows } from '../../../src/codes/index.ts';
import { noAnswerLabel, unknownCodeLabel } from '../../../src/metrics/labels.ts';

/** One query of a panel. */
export interface Query {
  readonly expression: string;
  /** `{{account}}` stands for a label. */
  readonly legend?: string;
}

export interface PanelChoice {
  readonly title: string;
  /** What it tells, for whoever hovers over it. */
  readonly about: string;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width?: number;
  /** Grafana's id of a unit. */
  readonly unit?: string;
}

const datasource = { type: 'prometheus', uid: '$datasource' };

/** Every alert of ours, from when it was raised until it ended. */
const raised = new AnnotationQueryBuilder()
  .name('Alerts')
  .enable(true)
  .iconColor('red')
  .datasource(datasource)
  .expr(`ALERTS{alertname=~"Jetsms.+", alertstate="firing"}`);

/** An empty dashboard with the choices that all have. */
export function dashboard(title: string, uid: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .tags(['jetsms'])
    .timezone('browser')
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .readonly()
    .annotation(raised)
    .link(
      new DashboardLinkBuilder('All of JetSMS delivery')
        .type(DashboardLinkType.Dashboards)
        .tags(['jetsms'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'));
}

/** The finished dashboard, its panels numbered in their order. */
export function finish(builder: DashboardBuilder): Dashboard {
  const { panels = [], ...rest } = builder.build();
  return { ...rest, panels: panels.map((panel, index) => ({ ...panel, id: index + 1 })) };
}

/** A choice of values of a label, all at first. */
export function choice(label: string, metric: string): QueryVariableBuilder {
  return new QueryVariableBuilder(label)
    .label(label)
    .datasource(datasource)
    .query({ qryType: 1, query: `label_values(${metric},${label})`, refId: label })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });
}

export function graph(panel: PanelChoice & { readonly stacked?: true }): GraphBuilder {
  const builder = new GraphBuilder()
    .title(panel.title)
    .description(panel.about)
    .datasource(datasource)
    .unit(panel.unit ?? 'short')
    .min(0)
    .span(panel.width ?? 12)
    .height(8)
    .lineWidth(1)
    .fillOpacity(panel.stacked ? 40 : 10)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
  if (panel.stacked) builder.stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal));
  panel.queries.forEach((query, index) => {
    builder.withTarget(target(query, index).range());
  });
  return builder;
}

/** Bad from a value on; a figure without it is never coloured. */
export interface FigureChoice extends PanelChoice {
  readonly badFrom?: number;
  /** Bad below this value. */
  readonly goodFrom?: number;
}

/** One number, as it is now. */
export function figure(panel: FigureChoice): StatBuilder {
  const builder = new StatBuilder()
    .title(panel.title)
    .description(panel.about)
    .datasource(datasource)
    .unit(panel.unit ?? 'short')
    .span(panel.width ?? 4)
    .height(4)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .noValue('–')
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(panel)));
  panel.queries.forEach((query, index) => {
    builder.withTarget(target(query, index).instant());
  });
  return builder;
}

function stepsOf({ badFrom, goodFrom }: FigureChoice) {
  if (badFrom !== undefined)
    return [
      { value: null, color: 'green' },
      { value: badFrom, color: 'red' },
    ];
  if (goodFrom === undefined) return [{ value: null, color: 'text' }];
  return [
    { value: null, color: 'red' },
    { value: goodFrom, color: 'green' },
  ];
}

/** One row for each series, as it is now; the codes of JetSMS with their meaning. */
export function table(
  panel: PanelChoice & { readonly columns: Readonly<Record<string, string>> },
): TableBuilder {
  const builder = new TableBuilder()
    .title(panel.title)
    .description(panel.about)
    .datasource(datasource)
    .unit(panel.unit ?? 'short')
    .span(panel.width ?? 12)
    .height(9)
    .filterable(true)
    .withTransformation({
      id: 'organize',
      options: { excludeByName: { Time: true }, renameByName: panel.columns },
    })
    .sortBy([
      new common.TableSortByFieldStateBuilder().displayName(panel.columns['Value'] ?? 'Value').desc(true),
    ])
    .overrideByName(panel.columns['code'] ?? 'code', [
      { id: 'mappings', value: [meanings] },
      { id: 'custom.minWidth', value: 320 },
    ])
    .overrideByName(panel.columns['Value'] ?? 'Value', [{ id: 'decimals', value: 0 }]);
  panel.queries.forEach((query, index) => {
    builder.withTarget(target(query, index).instant().format(PromQueryFormat.Table));
  });
  return builder;
}

function target({ expression, legend }: Query, index: number): DataqueryBuilder {
  const builder = new DataqueryBuilder()
    .datasource(datasource)
    .expr(expression)
    .refId(String.fromCharCode('A'.charCodeAt(0) + index));
  return legend === undefined ? builder : builder.legendFormat(legend);
}

/** The values of the label `code` in words. */
const meanings: ValueMapping = {
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    [...meaningByCode()].map(([code, meaning], index) => [code, { text: `${code}: ${meaning}`, index }]),
  ),
};

/** 90 has several rows: a metric cannot tell them apart. */
function meaningByCode(): ReadonlyMap<string, string> {
  const byCode = Map.groupBy([...codeTable, ...unofficialRows], ({ code }) => code);
  return new Map([
    ...[...byCode].map(
      ([code, rows]) => [code, rows.map((row) => meaningInWords(code, row)).join(', or ')] as const,
    ),
    [unknownCodeLabel, unknownCode.meaning],
    [noAnswerLabel, 'no request was made'],
  ]);
}
